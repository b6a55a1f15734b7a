package io.edgellm.trust.oms;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * Reads and writes the few DER elements that keys and ECDSA signatures consist of (X.690): tag,
 * definite length of at most two further octets, content.
 */
public final class Der {
  /** An integer. */
  public static final int INTEGER = 0x02;

  /** A string of bits. */
  public static final int BIT_STRING = 0x03;

  /** A string of octets. */
  public static final int OCTET_STRING = 0x04;

  /** An object identifier. */
  public static final int OBJECT_IDENTIFIER = 0x06;

  /** A sequence. */
  public static final int SEQUENCE = 0x30;

  private final byte[] bytes;
  private int position;

  Der(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  boolean atEnd() {
    return position == bytes.length;
  }

  /** Returns whether the next element has the tag. */
  boolean nextIs(int tag) {
    return position < bytes.length && (bytes[position] & 0xff) == tag;
  }

  /** Reads the content of the next element, which must have the tag. */
  byte[] read(int tag) throws OmsFault {
    if (!nextIs(tag)) {
      throw malformed();
    }
    position++;
    int length = readLength();
    if (length > bytes.length - position) {
      throw malformed();
    }
    byte[] content = Arrays.copyOfRange(bytes, position, position + length);
    position += length;
    return content;
  }

  /** Reads a sequence. */
  Der sequence() throws OmsFault {
    return new Der(read(SEQUENCE));
  }

  /** Reads an integer in its shortest form, as DER demands. */
  BigInteger integer() throws OmsFault {
    byte[] content = read(INTEGER);
    boolean padded =
        content.length > 1
            && ((content[0] == 0 && content[1] >= 0) || (content[0] == -1 && content[1] < 0));
    if (content.length == 0 || padded) {
      throw malformed();
    }
    return new BigInteger(content);
  }

  /** Refuses what follows the last element. */
  void end() throws OmsFault {
    if (!atEnd()) {
      throw malformed();
    }
  }

  private int readLength() throws OmsFault {
    int first = readOctet();
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    int octets = first & 0x7f;
    if (octets == 0 || octets > 2) {
      throw malformed();
    }
    for (int i = 0; i < octets; i++) {
      length = length << 8 | readOctet();
    }
    boolean shortest = octets == 1 ? length >= 0x80 : length >= 0x100;
    if (!shortest) {
      throw malformed();
    }
    return length;
  }

  private int readOctet() throws OmsFault {
    if (atEnd()) {
      throw malformed();
    }
    return bytes[position++] & 0xff;
  }

  private static OmsFault malformed() {
    return OmsFault.malformed(
        "The encoding of a key or signature is broken (not DER).", (String) null);
  }

  /** Writes one element around its parts, at most 64 KiB. */
  public static byte[] element(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    int length = content.size();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length >= 0x100) {
      out.write(0x82);
      out.write(length >> 8);
    } else if (length >= 0x80) {
      out.write(0x81);
    }
    out.write(length);
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }
}
