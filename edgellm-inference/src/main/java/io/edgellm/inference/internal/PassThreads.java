package io.edgellm.inference.internal;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;

/**
 * The threads of a forward pass.
 *
 * @param count how many; 0 lets the runtime take one per physical core
 * @param spinning whether they wait for work actively
 */
public record PassThreads(int count, boolean spinning) {

  /** Returns the options of a session that runs with them and writes nothing anywhere. */
  public OrtSession.SessionOptions options() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    try {
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      options.addConfigEntry("session.intra_op.allow_spinning", spinning ? "1" : "0");
      if (count > 0) {
        options.setIntraOpNumThreads(count);
      }
      return options;
    } catch (OrtException | RuntimeException e) {
      options.close();
      throw e;
    }
  }
}
