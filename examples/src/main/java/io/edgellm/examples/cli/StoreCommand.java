package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.store.CareListener;
import io.edgellm.store.GarbageReport;
import io.edgellm.store.Quarantined;
import io.edgellm.store.RepairReport;
import io.edgellm.store.StoreFinding;
import io.edgellm.store.StoreUsage;
import io.edgellm.store.VerifyReport;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Looks after the store of a device. */
@Command(
    name = "store",
    description = "Looks after the store of a device.",
    mixinStandardHelpOptions = true)
final class StoreCommand {
  private final Console console;
  private final InstantSource clock;
  private final LongSupplier nanoTime;

  /**
   * @param console where to answer
   * @param clock for ages
   * @param nanoTime as {@link System#nanoTime}
   */
  StoreCommand(Console console, InstantSource clock, LongSupplier nanoTime) {
    this.console = console;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  @Command(
      name = "usage",
      description = "Shows what the models take, and what becomes free with each version.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  edgellm store usage --store device")
  int usage(@Mixin DeviceOption deviceOption) {
    try (DeviceDirectory device = deviceOption.open(clock)) {
      StoreUsage usage = device.store().usage();
      StringBuilder text =
          new StringBuilder(Format.bytes(usage.totalBytes()))
              .append(" taken, ")
              .append(Format.bytes(usage.usableBytes()))
              .append(" usable; unfinished downloads ")
              .append(Format.bytes(usage.partialBytes()))
              .append(", quarantine ")
              .append(Format.bytes(usage.quarantineBytes()));
      ObjectNode json = Console.object();
      json.put("totalBytes", usage.totalBytes())
          .put("usableBytes", usage.usableBytes())
          .put("partialBytes", usage.partialBytes())
          .put("quarantineBytes", usage.quarantineBytes());
      ArrayNode versions = json.putArray("versions");
      for (StoreUsage.Model model : usage.models()) {
        for (StoreUsage.Version version : model.versions()) {
          add(model.model(), version, text);
          add(model.model(), version, versions.addObject());
        }
      }
      console.answer(text.toString(), json);
      return ExitCode.OK.number();
    }
  }

  private static void add(ModelId model, StoreUsage.Version version, StringBuilder text) {
    text.append(
        String.format(
            Locale.ROOT,
            "%n%-36s %9s its own %9s shared",
            model + " " + version.version(),
            Format.bytes(version.exclusiveBytes()),
            Format.bytes(version.sharedBytes())));
  }

  private static void add(ModelId model, StoreUsage.Version version, ObjectNode json) {
    json.put("model", model.value())
        .put("version", version.version().toString())
        .put("exclusiveBytes", version.exclusiveBytes())
        .put("sharedBytes", version.sharedBytes());
  }

  @Command(
      name = "verify",
      description = {
        "Reads every file of the store and compares it with the manifests; changes nothing.",
        "Ends with 1 if something is wrong. Who signed what is the question of 'edgellm verify'.",
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  edgellm store verify --store device")
  int verify(@Mixin DeviceOption deviceOption) {
    try (DeviceDirectory device = deviceOption.open(clock)) {
      VerifyReport report = device.store().care().verify(progress());
      ObjectNode json = Console.object();
      json.put("sound", report.isSound())
          .put("files", report.files())
          .put("bytes", report.readBytes());
      addFindings(report.findings(), json.putArray("findings"));
      console.answer(
          report.files()
              + " files, "
              + Format.bytes(report.readBytes())
              + " read: "
              + (report.isSound() ? "all as they should be" : "'edgellm store repair' may help")
              + lines(report.findings()),
          json);
      return soundness(report.complete(), report.isSound());
    }
  }

  @Command(
      name = "repair",
      description = {
        "Repairs what can be repaired with what is in the store. What is damaged goes into"
            + " quarantine.",
        "Files of which no intact copy is left are named: 'edgellm install' of that version fetches"
            + " them.",
        "Ends with 1 if something is left to do.",
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  edgellm store repair --store device")
  int repair(@Mixin DeviceOption deviceOption) {
    try (DeviceDirectory device = deviceOption.open(clock)) {
      RepairReport report = device.store().care().repair(progress());
      ObjectNode json = Console.object();
      json.put("sound", report.isSound());
      report.healed().forEach(json.putArray("healed")::add);
      report.quarantined().stream()
          .map(Quarantined::from)
          .forEach(json.putArray("quarantined")::add);
      report.toFetch().stream().map(Artifact::path).forEach(json.putArray("toFetch")::add);
      addFindings(report.remaining(), json.putArray("remaining"));
      console.answer(
          report.healed().size()
              + " files healed, "
              + report.quarantined().size()
              + " in quarantine, "
              + report.toFetch().size()
              + " to be fetched"
              + lines(report.remaining()),
          json);
      return soundness(report.complete(), report.isSound());
    }
  }

  @Command(
      name = "gc",
      description = {
        "Removes what nobody needs: versions that are not active, not the one to fall back to, not"
            + " pinned, not in use and older than a week; files of no version; old downloads.",
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  edgellm store gc --store device")
  int collect(@Mixin DeviceOption deviceOption) {
    try (DeviceDirectory device = deviceOption.open(clock)) {
      GarbageReport report = device.store().collectGarbage();
      ObjectNode json = Console.object();
      json.put("freedBytes", report.freedBytes());
      report.removedVersions().forEach(json.putArray("removed")::add);
      report.spared().forEach(json.putArray("spared")::add);
      StringBuilder text = new StringBuilder(Format.bytes(report.freedBytes()) + " freed");
      report.removedVersions().forEach(v -> text.append('\n').append(v).append(" is removed"));
      report.spared().forEach(s -> text.append('\n').append(s));
      console.answer(text.toString(), json);
      return ExitCode.OK.number();
    }
  }

  private CareListener progress() {
    Pace pace = new Pace(nanoTime);
    return (path, bytes) -> {
      if (pace.isDue()) {
        console.progress(Format.bytes(bytes) + " read, at " + path, false);
      }
      return true;
    };
  }

  private static void addFindings(List<StoreFinding> findings, ArrayNode json) {
    for (StoreFinding finding : findings) {
      json.addObject()
          .put("path", finding.path())
          .put("what", finding.kind().label())
          .put("harmful", finding.isHarmful());
    }
  }

  private static String lines(List<StoreFinding> findings) {
    StringBuilder text = new StringBuilder();
    findings.forEach(finding -> text.append('\n').append(finding.message()));
    return text.toString();
  }

  private static int soundness(boolean complete, boolean sound) {
    if (!complete) {
      return ExitCode.INTERRUPTED.number();
    }
    return (sound ? ExitCode.OK : ExitCode.REFUSED).number();
  }
}
