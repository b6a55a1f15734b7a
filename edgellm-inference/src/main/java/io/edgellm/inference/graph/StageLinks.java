package io.edgellm.inference.graph;

import io.edgellm.inference.internal.ModelFile;
import io.edgellm.inference.layout.GraphStage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How the graphs of a decoder that was split go together, and what they declare as a whole.
 *
 * @param links the graphs in the order in which they run
 * @param declaration what they take from outside, and what they give that none of them takes
 */
record StageLinks(List<Link> links, GraphDeclaration declaration) {

  /**
   * One graph.
   *
   * @param inputs what it takes
   * @param outputs what it gives
   * @param handedOn those of its outputs that later graphs take, with the names they have there
   */
  record Link(Set<String> inputs, Set<String> outputs, Map<String, String> handedOn) {
    Link {
      inputs = Set.copyOf(inputs);
      outputs = Set.copyOf(outputs);
      handedOn = Map.copyOf(handedOn);
    }
  }

  StageLinks {
    links = List.copyOf(links);
  }

  /**
   * Finds out how graphs go together.
   *
   * @param declared what each of them declares
   * @throws io.edgellm.llm.InferenceException MODEL_UNSUPPORTED if one gives another type than the
   *     next one takes
   */
  static StageLinks of(List<GraphStage> stages, List<GraphDeclaration> declared) {
    Map<String, DeclaredTensor> inputs = new LinkedHashMap<>();
    Map<String, DeclaredTensor> outputs = new LinkedHashMap<>();
    List<Link> links = new ArrayList<>();
    Map<String, DeclaredTensor> available = new HashMap<>();
    for (int i = 0; i < stages.size(); i++) {
      GraphDeclaration own = declared.get(i);
      requireSameTypes(stages.get(i), own.inputs(), available);
      own.inputs()
          .forEach(
              (name, input) -> {
                if (!available.containsKey(name)) {
                  inputs.putIfAbsent(name, input);
                }
              });
      Map<String, String> handedOn = handedOn(stages.get(i), own, laterInputs(declared, i));
      handedOn.forEach((name, as) -> available.put(as, own.outputs().get(name)));
      own.outputs()
          .forEach(
              (name, output) -> {
                if (!handedOn.containsKey(name)) {
                  outputs.putIfAbsent(name, output);
                }
              });
      links.add(new Link(own.inputs().keySet(), own.outputs().keySet(), handedOn));
    }
    return new StageLinks(links, new GraphDeclaration(inputs, outputs));
  }

  private static Set<String> laterInputs(List<GraphDeclaration> declared, int after) {
    Set<String> later = new HashSet<>();
    declared.subList(after + 1, declared.size()).forEach(d -> later.addAll(d.inputs().keySet()));
    return later;
  }

  private static Map<String, String> handedOn(
      GraphStage stage, GraphDeclaration own, Set<String> later) {
    Map<String, String> handedOn = new HashMap<>();
    for (String name : own.outputs().keySet()) {
      String as = stage.renamed().getOrDefault(name, name);
      if (later.contains(as)) {
        handedOn.put(name, as);
      }
    }
    return handedOn;
  }

  private static void requireSameTypes(
      GraphStage stage, Map<String, DeclaredTensor> inputs, Map<String, DeclaredTensor> available) {
    inputs.forEach(
        (name, input) -> {
          DeclaredTensor given = available.get(name);
          if (given != null && given.type() != input.type()) {
            throw new ModelFile(stage.graph(), Integer.MAX_VALUE)
                .unsupported(
                    "takes '"
                        + name
                        + "' as "
                        + input
                        + ", but the graph before gives "
                        + given
                        + "; take graphs of the same precision");
          }
        });
  }
}
