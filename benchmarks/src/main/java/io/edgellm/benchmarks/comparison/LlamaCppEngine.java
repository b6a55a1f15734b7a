package io.edgellm.benchmarks.comparison;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaIterator;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.LlamaOutput;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.CacheType;
import de.kherud.llama.args.Sampler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * llama.cpp through de.kherud:llama. Everything that the settings do not say is at its default: the
 * file mapped, the cache in fp16, no flash attention, prompts of 512 tokens per pass, a prefix that
 * was seen last reused.
 *
 * <p>Its native thread outlives the model and keeps a JVM from ending by itself.
 */
final class LlamaCppEngine implements Engine {
  private final LlamaModel model;

  LlamaCppEngine(EngineSettings settings) {
    ModelParameters parameters =
        new ModelParameters()
            .setModel(settings.model().toString())
            .setThreads(settings.threads())
            .setThreadsBatch(settings.threads())
            .setParallel(settings.concurrency())
            .setCtxSize(settings.context() * settings.concurrency())
            .setGpuLayers(0);
    if (settings.chunk() > 0) {
      parameters.setBatchSize(settings.chunk()).setUbatchSize(settings.chunk());
    }
    if (settings.fullPrecisionCache()) {
      parameters.setCacheTypeK(CacheType.F32).setCacheTypeV(CacheType.F32);
    }
    model = new LlamaModel(parameters);
  }

  @Override
  public int tokens(String text) {
    return model.encode(text).length;
  }

  @Override
  public Answer answer(String system, String text, int tokens) {
    StringBuilder answer = new StringBuilder();
    @Nullable Reading firstToken = null;
    int outputs = 0;
    Reading submitted = Reading.now();
    for (LlamaOutput output : model.generate(request(system + text, tokens))) {
      if (firstToken == null) {
        firstToken = Reading.now();
      }
      outputs++;
      answer.append(output.text);
    }
    Reading complete = Reading.now();
    check(outputs - 1, tokens);
    return new Answer(
        submitted, firstToken == null ? complete : firstToken, complete, answer.toString());
  }

  /** It streams one output per token that completes a character, and one for the end. */
  private static void check(int generated, int tokens) {
    if (generated != tokens) {
      throw new IllegalStateException(
          "llama.cpp streamed %d tokens instead of %d; if the answer has characters of several tokens, take another --seed."
              .formatted(generated, tokens));
    }
  }

  @Override
  public Reading answerTogether(List<String> texts, int tokens) {
    List<LlamaIterator> answers = new ArrayList<>();
    for (String text : texts) {
      answers.add(model.generate(request(text, tokens)).iterator());
    }
    for (LlamaIterator answer : answers) {
      int outputs = 0;
      for (; answer.hasNext(); answer.next()) {
        outputs++;
      }
      check(outputs - 1, tokens);
    }
    return Reading.now();
  }

  private static InferenceParameters request(String text, int tokens) {
    return new InferenceParameters(text)
        .setNPredict(tokens)
        .setIgnoreEos(true)
        .setSamplers(Sampler.TOP_K)
        .setTopK(1)
        .setCachePrompt(true);
  }
}
