package io.edgellm.delta;

/**
 * A part of the new file.
 *
 * @param target holds its bytes from the start
 * @param length how many there are
 * @param position where they stand in the new file
 */
@SuppressWarnings("ArrayRecordComponent") // A view of a buffer; nobody compares it.
record Segment(byte[] target, int length, long position) {}
