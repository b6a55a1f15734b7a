/** Records what a device measures, keeps it private until consent, exposes and sends it. */
@NullMarked
package io.edgellm.telemetry;

import org.jspecify.annotations.NullMarked;
