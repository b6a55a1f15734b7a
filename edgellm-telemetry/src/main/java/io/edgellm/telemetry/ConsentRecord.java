package io.edgellm.telemetry;

import java.time.Instant;

/**
 * What a person agreed to.
 *
 * @param level how much
 * @param grantedAt when, by the clock of the device
 */
public record ConsentRecord(ConsentLevel level, Instant grantedAt) {}
