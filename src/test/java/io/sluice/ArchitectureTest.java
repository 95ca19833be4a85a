package io.sluice;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.text.SimpleDateFormat;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.stream.Stream;

/** The arrows of the design point one way: each package knows only the packages that its rule names. */
@AnalyzeClasses(packages = "io.sluice", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule logKnowsNoOtherPackage = knowsOnly("log");

    @ArchTest
    static final ArchRule streamKnowsTheLog = knowsOnly("stream", "log");

    @ArchTest
    static final ArchRule authKnowsStreamAndLog = knowsOnly("auth", "stream", "log");

    @ArchTest
    static final ArchRule sseKnowsAuthStreamAndLog = knowsOnly("sse", "auth", "stream", "log");

    @ArchTest
    static final ArchRule clusterKnowsNoOtherPackage = knowsOnly("cluster");

    @ArchTest
    static final ArchRule hazelcastKnowsLogAndCluster = knowsOnly("hazelcast", "log", "cluster");

    @ArchTest
    static final ArchRule redisKnowsLogAndCluster = knowsOnly("redis", "log", "cluster");

    @ArchTest
    static final ArchRule bridgeKnowsNoOtherPackage = knowsOnly("bridge");

    @ArchTest
    static final ArchRule webrootKnowsNoOtherPackage = knowsOnly("webroot");

    @ArchTest
    static final ArchRule bridgeKnowsNoImplementationOfVertx = noClasses()
            .that()
            .resideInAPackage("io.sluice.bridge..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx..impl..");

    @ArchTest
    static final ArchRule polyglotKnowsNoOtherPackage = knowsOnly("polyglot");

    @ArchTest
    static final ArchRule metricsKnowStreamAndLog = knowsOnly("metrics", "stream", "log");

    @ArchTest
    static final ArchRule adminKnowsWhatItServes =
            knowsOnly("admin", "metrics", "webroot", "auth", "sse", "stream", "log");

    @ArchTest
    static final ArchRule commandLineKnowsTheLog = knowsOnly("cli", "log");

    @ArchTest
    static final ArchRule onlyMetricsAndTheNodeKnowMicrometer = noClasses()
            .that()
            .resideOutsideOfPackages("io.sluice.metrics..", "io.sluice.node..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer..", "io.vertx.micrometer..");

    @ArchTest
    static final ArchRule onlyHazelcastKnowsHazelcast =
            onlyIn("hazelcast", "com.hazelcast..", "io.vertx.spi.cluster.hazelcast..");

    @ArchTest
    static final ArchRule onlyRedisKnowsRedis = onlyIn("redis", "io.vertx.redis..");

    @ArchTest
    static final ArchRule onlyPolyglotKnowsTheLanguages =
            onlyIn("polyglot", "org.graalvm..", "com.oracle.truffle..", "groovy..", "io.vertx.lang.groovy..");

    @ArchTest
    static final ArchRule logAndStreamKnowNoHttp = noClasses()
            .that()
            .resideInAnyPackage("io.sluice.log..", "io.sluice.stream..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.ext..", "io.vertx.core.http..", "io.netty.handler.codec.http..");

    @ArchTest
    static final ArchRule configurationStaysAtTheEdge = noClasses()
            .that()
            .resideInAPackage("io.sluice.sse..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml.jackson..");

    /** Text would depend on the machine: bytes on its encoding, capitals and digits on its user's language. */
    @ArchTest
    static final ArchRule nothingDependsOnTheMachinesLocale = noClasses()
            .should()
            .callMethod(String.class, "getBytes")
            .orShould()
            .callConstructor(String.class, byte[].class)
            .orShould()
            .callConstructor(String.class, byte[].class, int.class, int.class)
            .orShould()
            .callMethod(String.class, "toLowerCase")
            .orShould()
            .callMethod(String.class, "toUpperCase")
            .orShould()
            .callMethod(String.class, "format", String.class, Object[].class)
            .orShould()
            .callMethod(String.class, "formatted", Object[].class)
            .orShould()
            .callMethod(URLDecoder.class, "decode", String.class)
            .orShould()
            .callConstructor(InputStreamReader.class, InputStream.class)
            .orShould()
            .callConstructor(OutputStreamWriter.class, OutputStream.class)
            .orShould()
            .callMethod(Charset.class, "defaultCharset")
            .orShould()
            .callMethod(DateTimeFormatter.class, "ofPattern", String.class)
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(FileReader.class, FileWriter.class, SimpleDateFormat.class);

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.sluice.(*)..").should().beFreeOfCycles();

    private static ArchRule knowsOnly(String room, String... others) {
        String[] known = Stream.concat(Stream.of(room), Arrays.stream(others))
                .map(name -> "io.sluice." + name + "..")
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage("io.sluice." + room + "..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.sluice..").and(not(resideInAnyPackage(known))));
    }

    private static ArchRule onlyIn(String room, String... libraries) {
        return noClasses()
                .that()
                .resideOutsideOfPackage("io.sluice." + room + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries);
    }
}
