/**
 * Devices of one site share what they have: a server of verified chunks, and a fetcher that takes
 * each chunk from a neighbour where one has it, so that a site costs about one copy over the wide
 * area network. Off unless the host starts it.
 *
 * <p>Nobody here is trusted: the digests of the manifest decide about every chunk.
 */
@NullMarked
package io.edgellm.peer;

import org.jspecify.annotations.NullMarked;
