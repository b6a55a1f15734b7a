package io.edgellm.inference.prefix;

import java.util.Map;
import java.util.Optional;

/**
 * What a prefix cache did since it was made, and what it holds.
 *
 * @param slotHits prompts that went on in a sequence whose cache began with theirs
 * @param hostHits prompts for which an image was restored from memory
 * @param diskHits prompts for which an image was read from disk
 * @param misses prompts that had to be read from their first token, or nearly so
 * @param savedTokens tokens that were not read, over all prompts
 * @param hostImages images in memory
 * @param hostBytes their size
 * @param hostEvictions images that had to leave the memory
 * @param diskFiles snapshots in the directory when it was listed last
 * @param diskBytes their size
 * @param diskEvictions snapshots that this process deleted to make room
 * @param droppedWrites images that were not written, since too many waited already or the disk
 *     failed
 * @param refusals files that were not used, by reason
 * @param diskFault why there is no disk tier although a directory was given
 */
public record PrefixCacheStatistics(
    long slotHits,
    long hostHits,
    long diskHits,
    long misses,
    long savedTokens,
    int hostImages,
    long hostBytes,
    long hostEvictions,
    int diskFiles,
    long diskBytes,
    long diskEvictions,
    long droppedWrites,
    Map<Refusal, Long> refusals,
    Optional<String> diskFault) {}
