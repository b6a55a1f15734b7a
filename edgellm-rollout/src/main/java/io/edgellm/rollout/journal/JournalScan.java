package io.edgellm.rollout.journal;

import io.edgellm.model.Sha256;
import io.edgellm.rollout.device.DeviceMachine;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.Ledger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What can be read of a journal, from its beginning up to the first byte that is not sound.
 *
 * @param records the sound records in order
 * @param states the state after each of them
 * @param soundBytes how far they reach
 * @param damaged whether sound records follow later: then it is not the end that a crash tore off,
 *     but the middle that was damaged
 */
record JournalScan(
    List<JournalRecord> records, List<DeviceState> states, int soundBytes, boolean damaged) {

  static JournalScan of(byte[] bytes, int begin) {
    List<JournalRecord> records = new ArrayList<>();
    List<DeviceState> states = new ArrayList<>();
    DeviceState state = new DeviceState.Idle(Ledger.EMPTY);
    Sha256 previous = Sha256.of(new byte[0]);
    int offset = begin;
    for (Optional<JournalRecord> next = JournalRecord.read(bytes, offset);
        next.isPresent() && follows(records, previous, next.get());
        next = JournalRecord.read(bytes, offset)) {
      JournalRecord record = next.get();
      state = fold(state, record);
      records.add(record);
      states.add(state);
      previous = record.digest();
      offset += record.sizeBytes();
    }
    return new JournalScan(records, states, offset, anyRecordAfter(bytes, offset));
  }

  /** The first record of a file may continue one that is not here. */
  private static boolean follows(List<JournalRecord> records, Sha256 previous, JournalRecord next) {
    if (records.isEmpty()) {
      return next.state() != null || (next.sequence() == 1 && next.previous().equals(previous));
    }
    return next.state() == null
        && next.sequence() == records.get(records.size() - 1).sequence() + 1
        && next.previous().equals(previous);
  }

  private static DeviceState fold(DeviceState state, JournalRecord record) {
    if (record.event() != null) {
      return DeviceMachine.decide(state, record.event()).state();
    }
    return record.state() == null ? state : record.state();
  }

  private static boolean anyRecordAfter(byte[] bytes, int offset) {
    for (int at = offset; at <= bytes.length - JournalRecord.HEADER_BYTES; at++) {
      if (JournalRecord.read(bytes, at).isPresent()) {
        return true;
      }
    }
    return false;
  }

  DeviceState state() {
    return states.isEmpty() ? new DeviceState.Idle(Ledger.EMPTY) : states.get(states.size() - 1);
  }

  long sequence() {
    return records.isEmpty() ? 0 : records.get(records.size() - 1).sequence();
  }

  Sha256 digest() {
    return records.isEmpty() ? Sha256.of(new byte[0]) : records.get(records.size() - 1).digest();
  }
}
