package io.edgellm.rollout.journal;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.Sha256;
import io.edgellm.rollout.device.Baseline;
import io.edgellm.rollout.device.Cause;
import io.edgellm.rollout.device.Deployment;
import io.edgellm.rollout.device.Evidence;
import io.edgellm.rollout.device.Ledger;
import io.edgellm.rollout.device.Moment;
import io.edgellm.rollout.device.Offer;
import io.edgellm.rollout.device.Reason;
import io.edgellm.rollout.device.Release;
import io.edgellm.rollout.device.Trial;
import io.edgellm.rollout.device.TrialRules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The values that events and states are made of, as JSON. */
final class ValueCodec {
  private ValueCodec() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ObjectNode write(Release release) {
    return object()
        .put("model", release.model().value())
        .put("version", release.version().toString())
        .put("digest", release.digest().hex());
  }

  static Release release(JsonFields f) throws JsonFault {
    Release release =
        new Release(
            new ModelId(f.text("model")),
            ModelVersion.parse(f.text("version")),
            new Sha256(f.text("digest")));
    f.end();
    return release;
  }

  static @Nullable Release releaseOrNull(JsonFields f, String name) throws JsonFault {
    JsonFields release = f.objectOrNull(name);
    return release == null ? null : release(release);
  }

  static ObjectNode write(Offer offer) {
    ObjectNode node = object().put("deployment", offer.deployment()).put("epoch", offer.epoch());
    node.set("release", write(offer.release()));
    return node;
  }

  static Offer offer(JsonFields f) throws JsonFault {
    Offer offer = new Offer(f.text("deployment"), f.integer("epoch"), release(f.object("release")));
    f.end();
    return offer;
  }

  static ObjectNode write(TrialRules rules) {
    return object()
        .put("tries", rules.tries())
        .put("restarts", rules.crashLoop().restarts())
        .put("within", rules.crashLoop().within().toString())
        .put("minObservation", rules.minObservation().toString())
        .put("maxObservation", rules.maxObservation().toString())
        .put("minRequests", rules.minRequests());
  }

  static TrialRules rules(JsonFields f) throws JsonFault {
    TrialRules rules =
        new TrialRules(
            Math.toIntExact(f.integer("tries")),
            new TrialRules.CrashLoop(
                Math.toIntExact(f.integer("restarts")), Duration.parse(f.text("within"))),
            Duration.parse(f.text("minObservation")),
            Duration.parse(f.text("maxObservation")),
            f.integer("minRequests"));
    f.end();
    return rules;
  }

  static ObjectNode write(Deployment deployment) {
    ObjectNode node = object();
    node.set("offer", write(deployment.offer()));
    node.set("rules", write(deployment.rules()));
    return node;
  }

  static Deployment deployment(JsonFields f) throws JsonFault {
    Deployment deployment = new Deployment(offer(f.object("offer")), rules(f.object("rules")));
    f.end();
    return deployment;
  }

  static ObjectNode write(Moment at) {
    return object()
        .put("wall", at.wall().toString())
        .put("boot", at.boot())
        .put("uptime", at.uptime().toString());
  }

  static Moment moment(JsonFields f) throws JsonFault {
    Moment at =
        new Moment(Instant.parse(f.text("wall")), f.text("boot"), Duration.parse(f.text("uptime")));
    f.end();
    return at;
  }

  static ObjectNode write(Cause cause) {
    return object().put("reason", cause.reason().name()).put("detail", cause.detail());
  }

  static Cause cause(JsonFields f) throws JsonFault {
    Cause cause = new Cause(Reason.valueOf(f.text("reason")), f.text("detail"));
    f.end();
    return cause;
  }

  static ObjectNode write(Evidence evidence) {
    return object()
        .put("requests", evidence.requests())
        .put("errors", evidence.errors())
        .put("timed", evidence.timed())
        .put("slow", evidence.slow());
  }

  static Evidence evidence(JsonFields f) throws JsonFault {
    Evidence evidence =
        new Evidence(
            f.integer("requests"), f.integer("errors"), f.integer("timed"), f.integer("slow"));
    f.end();
    return evidence;
  }

  static ObjectNode write(Baseline baseline) {
    ObjectNode node = object();
    Baseline.Quality quality = baseline.quality();
    if (quality != null) {
      ObjectNode q =
          object().put("prompts", quality.prompts()).put("exactMatch", quality.exactMatch());
      if (quality.meanNll() != null) {
        q.put("meanNll", quality.meanNll());
      }
      node.set("quality", q);
    }
    Baseline.Latency latency = baseline.latency();
    if (latency != null) {
      node.set(
          "latency",
          object().put("requests", latency.requests()).put("p99Seconds", latency.p99Seconds()));
    }
    return node;
  }

  static Baseline baseline(JsonFields f) throws JsonFault {
    JsonFields q = f.objectOrNull("quality");
    Baseline.Quality quality =
        q == null
            ? null
            : new Baseline.Quality(
                Math.toIntExact(q.integer("prompts")),
                q.decimal("exactMatch").doubleValue(),
                q.has("meanNll") ? q.decimal("meanNll").doubleValue() : null);
    JsonFields l = f.objectOrNull("latency");
    Baseline.Latency latency =
        l == null
            ? null
            : new Baseline.Latency(l.integer("requests"), l.decimal("p99Seconds").doubleValue());
    f.end();
    return new Baseline(quality, latency);
  }

  static ObjectNode write(Trial trial) {
    ObjectNode node =
        object()
            .put("starts", trial.starts())
            .put("stoppedCleanly", trial.stoppedCleanly())
            .put("elapsed", trial.elapsed().toString())
            .put("observed", trial.observed().toString());
    node.set("deployment", write(trial.deployment()));
    node.set("baseline", write(trial.baseline()));
    ArrayNode startedAt = node.putArray("startedAt");
    trial.startedAt().forEach(start -> startedAt.add(start.toString()));
    node.set("last", write(trial.last()));
    node.set("earlier", write(trial.earlier()));
    node.set("current", write(trial.current()));
    return node;
  }

  static Trial trial(JsonFields f) throws JsonFault {
    List<Duration> startedAt = new ArrayList<>();
    for (String start : f.texts("startedAt")) {
      startedAt.add(Duration.parse(start));
    }
    Trial trial =
        new Trial(
            deployment(f.object("deployment")),
            baseline(f.object("baseline")),
            Math.toIntExact(f.integer("starts")),
            startedAt,
            f.bool("stoppedCleanly"),
            Duration.parse(f.text("elapsed")),
            Duration.parse(f.text("observed")),
            moment(f.object("last")),
            evidence(f.object("earlier")),
            evidence(f.object("current")));
    f.end();
    return trial;
  }

  static ObjectNode write(Ledger ledger) {
    ObjectNode node = object().put("epoch", ledger.epoch());
    if (ledger.committed() != null) {
      node.set("committed", write(ledger.committed()));
    }
    if (ledger.previous() != null) {
      node.set("previous", write(ledger.previous()));
    }
    ObjectNode poisoned = node.putObject("poisoned");
    ledger.poisoned().forEach((digest, epoch) -> poisoned.put(digest.hex(), epoch.toString()));
    return node;
  }

  static Ledger ledger(JsonFields f) throws JsonFault {
    Map<Sha256, Long> poisoned = new TreeMap<>();
    for (Map.Entry<String, String> entry : f.textMap("poisoned").entrySet()) {
      poisoned.put(new Sha256(entry.getKey()), Long.valueOf(entry.getValue()));
    }
    Ledger ledger =
        new Ledger(
            releaseOrNull(f, "committed"),
            releaseOrNull(f, "previous"),
            f.integer("epoch"),
            poisoned);
    f.end();
    return ledger;
  }
}
