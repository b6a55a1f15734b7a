/**
 * Finds out how large the numbers inside a model become, on data like those that it will see.
 *
 * <p>{@link io.edgellm.inference.calibration.CalibrationData} is what the model runs on, {@link
 * io.edgellm.inference.calibration.Calibrator} runs it and watches, {@link
 * io.edgellm.inference.calibration.ActivationRanges} is what was seen. Nothing here knows what the
 * ranges are for.
 */
@NullMarked
package io.edgellm.inference.calibration;

import org.jspecify.annotations.NullMarked;
