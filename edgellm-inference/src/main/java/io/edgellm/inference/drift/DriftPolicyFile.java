package io.edgellm.inference.drift;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.inference.drift.DriftMeasure.Bound;
import io.edgellm.internal.yaml.LocatedYaml;
import io.edgellm.internal.yaml.YamlFault;
import io.edgellm.internal.yaml.YamlFields;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The file of a {@link DriftPolicy}. */
final class DriftPolicyFile {
  private static final String SCHEMA = "edgellm.drift-policy/v1";
  private static final int MAX_BYTES = 1 << 20;

  private DriftPolicyFile() {}

  static DriftPolicy read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      // One byte more than allowed, for the parser to refuse.
      return policy(LocatedYaml.read(in.readNBytes(MAX_BYTES + 1)));
    } catch (YamlFault e) {
      throw invalid(
          file,
          "line " + e.place().line() + ", column " + e.place().column() + ": " + e.getMessage(),
          e);
    } catch (IOException e) {
      throw invalid(file, "cannot be read (" + e + ").", e);
    }
  }

  private static DriftPolicy policy(YamlFields root) throws YamlFault {
    if (!root.text("schema").equals(SCHEMA)) {
      throw root.place("schema").fault("'schema' must be '" + SCHEMA + "'.");
    }
    String name = root.text("name");
    YamlFields limits = root.map("limits");
    List<DriftLimit> list = new ArrayList<>();
    for (DriftMeasure measure : DriftMeasure.values()) {
      YamlFields limit = limits.mapOrNull(measure.label());
      if (limit != null) {
        list.add(limit(measure, limit));
      }
    }
    limits.end();
    root.end();
    if (list.isEmpty()) {
      throw limits.place().fault("'limits' is empty, and everything would pass: add one.");
    }
    return new DriftPolicy(name, list);
  }

  private static DriftLimit limit(DriftMeasure measure, YamlFields fields) throws YamlFault {
    for (Bound bound : Bound.values()) {
      if (bound != measure.bound() && fields.has(bound.label())) {
        throw fields
            .place(bound.label())
            .fault(
                "'"
                    + bound.label()
                    + "' is the wrong side for "
                    + measure.label()
                    + ": write '"
                    + measure.bound().label()
                    + "'.");
      }
    }
    double value = fields.decimal(measure.bound().label()).doubleValue();
    fields.end();
    return new DriftLimit(measure, value);
  }

  static ObjectNode json(DriftPolicy policy) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("schema", SCHEMA).put("name", policy.name());
    ObjectNode limits = json.putObject("limits");
    policy.limits().stream()
        .sorted((one, other) -> one.measure().compareTo(other.measure()))
        .forEach(
            limit ->
                limits
                    .putObject(limit.measure().label())
                    .put(limit.measure().bound().label(), limit.value()));
    return json;
  }

  private static DriftException invalid(Path file, String what, Exception cause) {
    return new DriftException(
        Reason.INVALID_POLICY, "'" + file.getFileName() + "': " + what, file.toString(), cause);
  }
}
