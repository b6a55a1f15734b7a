package io.edgellm.inference.answer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/**
 * Gives calls their ids: nine letters and digits, which every family takes and Mistral's demands.
 *
 * <p>The id of a call is the one that the model wrote, if its family tells calls apart by it; else
 * the first nine digits to base 62 of the SHA-256 of where the call stands in the conversation
 * (number of messages before the answer, number of calls before it) and of what it says. The same
 * request answered the same way gets the same ids, and two turns of a conversation get different
 * ones, without any state.
 *
 * @param messages the number of messages of the request
 */
record CallIds(int messages) {
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  static final int LENGTH = 9;

  String of(int index, String name, String arguments, Optional<String> written) {
    if (written.isPresent() && written.get().matches("[A-Za-z0-9]{" + LENGTH + "}")) {
      return written.get();
    }
    byte[] digest = sha256(messages + " " + index + " " + name + " " + arguments);
    StringBuilder id = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      int value = ((digest[2 * i] & 0xFF) << 8) | (digest[2 * i + 1] & 0xFF);
      id.append(DIGITS.charAt(value % DIGITS.length()));
    }
    return id.toString();
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }
}
