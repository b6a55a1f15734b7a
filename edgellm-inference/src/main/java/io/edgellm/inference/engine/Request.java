package io.edgellm.inference.engine;

import io.edgellm.llm.InferenceException;

/** Something that a model has to do. Ended exactly once: by one of the first two methods. */
interface Request {

  /** Does it, on the decoder thread; whatever goes wrong is told to whoever asked. */
  void run(Decoder decoder);

  /** Ends it without having begun, on the thread that took it out of the queue or refused it. */
  void refuse(InferenceException why);

  /** Makes {@link #run} come to an end soon with this failure, from any thread. */
  void abort(InferenceException why);
}
