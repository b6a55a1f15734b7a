package io.edgellm.internal.io.crash;

/**
 * What may be on a disk after a power cut.
 *
 * @param operation how many operations of the log had been done
 * @param acknowledged how many steps the program had been told are done
 * @param tree what is there after the next start
 */
public record CrashState(int operation, int acknowledged, DiskTree tree) {}
