/** Nothing unverified is ever activated: verdicts, receipts and the policy behind them. */
@NullMarked
package io.edgellm.trust;

import org.jspecify.annotations.NullMarked;
