/**
 * What a model directory says of itself, for the publisher of a release: {@link
 * io.edgellm.inference.facts.ModelFacts}. Devices believe the signed manifest, never this.
 */
@NullMarked
package io.edgellm.inference.facts;

import org.jspecify.annotations.NullMarked;
