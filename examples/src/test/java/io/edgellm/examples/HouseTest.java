package io.edgellm.examples;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The arrows of the house: which module may know which, and no cycles anywhere. */
final class HouseTest {
  /** A library: its packages, and the libraries that it may know. */
  private record Library(String name, List<String> packages, List<String> mayKnow) {}

  private static final List<Library> LIBRARIES =
      List.of(
          new Library(
              "core",
              List.of(
                  "io.edgellm.model..",
                  "io.edgellm.llm..",
                  "io.edgellm.store..",
                  "io.edgellm.delta..",
                  "io.edgellm.transfer..",
                  "io.edgellm.peer..",
                  "io.edgellm.trust..",
                  "io.edgellm.release..",
                  "io.edgellm.publish..",
                  "io.edgellm.internal.."),
              List.of()),
          new Library("inference", List.of("io.edgellm.inference.."), List.of("core")),
          new Library("telemetry", List.of("io.edgellm.telemetry.."), List.of("core")),
          new Library("rollout", List.of("io.edgellm.rollout.."), List.of("core", "telemetry")),
          new Library("triton", List.of("io.edgellm.triton.."), List.of("core")));

  private static final String CORE = "io.edgellm.";
  private static final String INFERENCE = "io.edgellm.inference.";
  private static final String INFERENCE_ALL = "io.edgellm.inference..";

  /** Rooms of the engine that are about text, and which of the other rooms each may know. */
  private static final Map<String, List<String>> TEXT_ROOMS =
      Map.of(
          "automaton", List.of(),
          "grammar", List.of("automaton"),
          "schema", List.of("automaton", "grammar"),
          "text", List.of("internal"),
          "template", List.of("internal"),
          "sampling", List.of(),
          "constraint", List.of("grammar", "text", "sampling"),
          "answer", List.of("automaton", "grammar", "schema", "template", "text", "internal"));

  /** Rooms of the core that bytes go through, and which of its other rooms each may know. */
  private static final Map<String, List<String>> ROOMS_OF_BYTES =
      Map.of(
          "model", List.of("internal"),
          "delta", List.of("model", "internal"),
          "store", List.of("model", "trust", "internal"),
          "transfer", List.of("delta", "model", "release", "store", "trust", "internal"),
          "peer", List.of("model", "store", "transfer", "internal"),
          "publish", List.of("model", "release", "transfer", "trust", "internal"));

  private static JavaClasses house;

  @BeforeAll
  static void readTheHouse() {
    house =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.edgellm");
    assertThat(house.size()).isGreaterThan(100);
  }

  @TestFactory
  List<DynamicTest> modulesKnowOnlyWhatTheyMay() {
    return LIBRARIES.stream()
        .map(l -> DynamicTest.dynamicTest(l.name(), () -> knowsOnlyWhatItMay(l)))
        .toList();
  }

  private static void knowsOnlyWhatItMay(Library library) {
    String[] forbidden =
        packages(l -> !l.name().equals(library.name()) && !library.mayKnow().contains(l.name()));
    noClasses()
        .that()
        .resideInAnyPackage(library.packages().toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .check(house);
  }

  @TestFactory
  List<DynamicTest> roomsOfTextKnowOnlyWhatTheyMay() {
    return TEXT_ROOMS.keySet().stream()
        .sorted()
        .map(room -> DynamicTest.dynamicTest(room, () -> roomKnowsOnlyWhatItMay(room)))
        .toList();
  }

  private static void roomKnowsOnlyWhatItMay(String room) {
    List<String> mayKnow = new ArrayList<>(TEXT_ROOMS.get(room));
    mayKnow.add(room);
    String[] known = mayKnow.stream().map(name -> INFERENCE + name).toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(INFERENCE + room)
        .should()
        .dependOnClassesThat(resideInAPackage(INFERENCE_ALL).and(resideOutsideOfPackages(known)))
        .check(house);
  }

  @TestFactory
  List<DynamicTest> roomsOfBytesKnowOnlyWhatTheyMay() {
    return ROOMS_OF_BYTES.keySet().stream()
        .sorted()
        .map(room -> DynamicTest.dynamicTest(room, () -> roomOfBytesKnowsOnlyWhatItMay(room)))
        .toList();
  }

  private static void roomOfBytesKnowsOnlyWhatItMay(String room) {
    List<String> mayKnow = new ArrayList<>(ROOMS_OF_BYTES.get(room));
    mayKnow.add(room);
    String[] known = mayKnow.stream().map(name -> CORE + name + "..").toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(CORE + room + "..")
        .should()
        .dependOnClassesThat(resideInAPackage(CORE + ".").and(resideOutsideOfPackages(known)))
        .check(house);
  }

  private static String[] packages(Predicate<Library> which) {
    return LIBRARIES.stream()
        .filter(which)
        .flatMap(l -> l.packages().stream())
        .toArray(String[]::new);
  }

  @Test
  void thereAreNoCyclesBetweenPackages() {
    slices().matching("io.edgellm.(**)").should().beFreeOfCycles().check(house);
  }

  @Test
  void everyPackageBelongsToAKnownRoom() {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages(l -> true))
        .and()
        .resideOutsideOfPackages("io.edgellm.examples..", "io.edgellm.benchmarks..")
        .should()
        .resideInAPackage("io.edgellm..")
        .allowEmptyShould(true)
        .check(house);
  }

  @Test
  void noLibraryEndsTheProcessOrPrints() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.edgellm.examples..", "io.edgellm.benchmarks..")
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(house);
  }
}
