package io.edgellm.telemetry;

import io.edgellm.llm.FinishReason;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.LanguageModel;

/** Hears the events of one generation first, records their times, and passes them on. */
final class MeteredGeneration implements GenerationListener {
  private final RequestRecorder recorder;
  private final GenerationListener listener;
  private boolean started;
  private long lastNanoTime;

  private MeteredGeneration(RequestRecorder recorder, GenerationListener listener) {
    this.recorder = recorder;
    this.listener = listener;
  }

  static Generation of(
      LanguageModel model,
      GenerationRequest request,
      GenerationListener listener,
      RequestRecorder recorder) {
    if (recorder == SilentRequest.INSTANCE) {
      return model.generate(request, listener);
    }
    MeteredGeneration metered = new MeteredGeneration(recorder, listener);
    Generation generation = model.generate(request, metered);
    // A listener that has thrown hears no end; the stage is completed after the last event.
    var unused =
        generation
            .result()
            .whenComplete(
                (result, failure) -> recorder.ended(metered.lastNanoTime, Outcome.CANCELLED));
    return generation;
  }

  @Override
  public void onEvent(GenerationEvent event) {
    lastNanoTime = event.nanoTime();
    if (event instanceof GenerationEvent.Token) {
      recorder.token(event.nanoTime());
    } else if (event instanceof GenerationEvent.Started begin) {
      started = true;
      recorder.started(begin.nanoTime(), begin.submittedNanoTime(), begin.promptTokens());
    } else if (event instanceof GenerationEvent.Finished end) {
      recorder.ended(end.nanoTime(), outcomeOf(end.result().finishReason()));
    } else if (event instanceof GenerationEvent.Failed end) {
      recorder.ended(end.nanoTime(), outcomeOf(end.failure().reason()));
    }
    listener.onEvent(event);
  }

  private static Outcome outcomeOf(FinishReason reason) {
    return switch (reason) {
      case END, TOOL_CALLS, STOP, LENGTH, CONTEXT -> Outcome.COMPLETED;
      case CANCELLED -> Outcome.CANCELLED;
      case DEADLINE -> Outcome.TIMED_OUT;
    };
  }

  private Outcome outcomeOf(InferenceException.Reason reason) {
    return switch (reason) {
      case CLOSED, LISTENER_FAILED -> Outcome.CANCELLED;
      default -> started ? Outcome.FAILED : Outcome.REFUSED;
    };
  }
}
