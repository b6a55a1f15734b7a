/** What models take of memory, and who may take how much. Knows neither graphs nor the runtime. */
@NullMarked
package io.edgellm.inference.memory;

import org.jspecify.annotations.NullMarked;
