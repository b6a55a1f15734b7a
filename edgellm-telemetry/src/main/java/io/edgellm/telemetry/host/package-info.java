/** What the machine is busy with: processor, memory, swapping. */
@NullMarked
package io.edgellm.telemetry.host;

import org.jspecify.annotations.NullMarked;
