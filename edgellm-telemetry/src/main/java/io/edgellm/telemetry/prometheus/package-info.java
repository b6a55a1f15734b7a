/** Telemetry for Prometheus: as text, as snapshots for a registry, or over HTTP. */
@NullMarked
package io.edgellm.telemetry.prometheus;

import org.jspecify.annotations.NullMarked;
