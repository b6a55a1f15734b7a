/**
 * Records what a device measures and keeps it private until there is consent.
 *
 * <p>{@link io.edgellm.telemetry.Telemetry} is one device's record; {@link
 * io.edgellm.telemetry.MeteredModelLoader} and {@link io.edgellm.telemetry.MeteredLanguageModel}
 * feed it from the events of generations; {@link io.edgellm.telemetry.CohortStats} and {@link
 * io.edgellm.telemetry.CohortWindow} are what a rollout decides by; {@link
 * io.edgellm.telemetry.Consent} says whether anything is recorded at all.
 */
@NullMarked
package io.edgellm.telemetry;

import org.jspecify.annotations.NullMarked;
