package io.edgellm.rollout.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.EdgeLlmException;
import io.edgellm.model.Sha256;
import io.edgellm.rollout.device.DeviceEvent;
import io.edgellm.rollout.device.DeviceState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One record of the journal: an event, or, as the first record of a journal that was begun anew,
 * the state that the events before it led to.
 *
 * <p>On the disk: the payload's length (4 bytes), CRC-32C over all that follows it (4), sequence
 * (8), epoch (8), and the payload, canonical JSON. The payload names the digest of the payload
 * before it, so that no record can be changed, left out or moved without breaking the chain.
 *
 * @param sequence counts up from 1
 * @param epoch the epoch that the device had heard
 * @param previous the digest of the payload before it; of no bytes at the very beginning
 * @param event what happened, or null
 * @param state the state to begin with, or null
 * @param payload the JSON
 */
record JournalRecord(
    long sequence,
    long epoch,
    Sha256 previous,
    @Nullable DeviceEvent event,
    @Nullable DeviceState state,
    String payload) {

  static final int HEADER_BYTES = 24;
  static final int MAX_PAYLOAD_BYTES = 1 << 20;

  static JournalRecord of(long sequence, long epoch, Sha256 previous, DeviceEvent event) {
    ObjectNode node = ValueCodec.object().put("previous", previous.hex());
    node.set("event", EventCodec.write(event));
    return new JournalRecord(sequence, epoch, previous, event, null, text(node));
  }

  static JournalRecord of(long sequence, long epoch, Sha256 previous, DeviceState state) {
    ObjectNode node = ValueCodec.object().put("previous", previous.hex());
    node.set("state", StateCodec.write(state));
    return new JournalRecord(sequence, epoch, previous, null, state, text(node));
  }

  private static String text(ObjectNode node) {
    return new String(CanonicalJson.write(node), StandardCharsets.UTF_8);
  }

  private byte[] payloadBytes() {
    return payload.getBytes(StandardCharsets.UTF_8);
  }

  Sha256 digest() {
    return Sha256.of(payloadBytes());
  }

  byte[] toBytes() {
    byte[] json = payloadBytes();
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + json.length);
    bytes.putInt(json.length).putInt(0).putLong(sequence).putLong(epoch).put(json);
    bytes.putInt(4, checksum(bytes.array(), 0, json.length));
    return bytes.array();
  }

  private static int checksum(byte[] bytes, int offset, int payloadBytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset + 8, HEADER_BYTES - 8 + payloadBytes);
    return (int) crc.getValue();
  }

  /** Reads the record that begins at an offset; empty if there is no whole and sound one. */
  static Optional<JournalRecord> read(byte[] bytes, int offset) {
    if (bytes.length - offset < HEADER_BYTES) {
      return Optional.empty();
    }
    ByteBuffer header = ByteBuffer.wrap(bytes, offset, HEADER_BYTES);
    int length = header.getInt();
    if (length < 0
        || length > MAX_PAYLOAD_BYTES
        || length > bytes.length - offset - HEADER_BYTES
        || header.getInt() != checksum(bytes, offset, length)) {
      return Optional.empty();
    }
    int begin = offset + HEADER_BYTES;
    byte[] payload = Arrays.copyOfRange(bytes, begin, begin + length);
    return parse(header.getLong(), header.getLong(), payload);
  }

  private static Optional<JournalRecord> parse(long sequence, long epoch, byte[] payload) {
    try {
      JsonFields f = JsonFields.of(StrictJson.parse(payload));
      Sha256 previous = new Sha256(f.text("previous"));
      JsonFields event = f.objectOrNull("event");
      JsonFields state = f.objectOrNull("state");
      f.end();
      return event == null && state == null
          ? Optional.empty()
          : Optional.of(
              new JournalRecord(
                  sequence,
                  epoch,
                  previous,
                  event == null ? null : EventCodec.read(event),
                  state == null ? null : StateCodec.read(state),
                  new String(payload, StandardCharsets.UTF_8)));
    } catch (JsonFault
        | EdgeLlmException
        | IllegalArgumentException
        | ArithmeticException
        | DateTimeException e) {
      return Optional.empty();
    }
  }

  int sizeBytes() {
    return HEADER_BYTES + payloadBytes().length;
  }
}
