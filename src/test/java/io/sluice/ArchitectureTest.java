package io.sluice;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of the design point one way: {@code node -> sse -> stream}, {@code node -> cluster -> stream}. */
@AnalyzeClasses(packages = "io.sluice", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule streamKnowsNobody = noClasses()
            .that()
            .resideInAPackage("io.sluice.stream..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.sluice.sse..", "io.sluice.cluster..", "io.sluice.node..");

    @ArchTest
    static final ArchRule clusterKnowsOnlyStreams = noClasses()
            .that()
            .resideInAPackage("io.sluice.cluster..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.sluice.sse..", "io.sluice.node..");

    @ArchTest
    static final ArchRule onlyClusterKnowsHazelcast = noClasses()
            .that()
            .resideOutsideOfPackage("io.sluice.cluster..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster.hazelcast..");

    @ArchTest
    static final ArchRule onlyClusterKnowsRedis = noClasses()
            .that()
            .resideOutsideOfPackage("io.sluice.cluster..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx.redis..");

    @ArchTest
    static final ArchRule streamKnowsNoHttp = noClasses()
            .that()
            .resideInAPackage("io.sluice.stream..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.ext..", "io.vertx.core.http..", "io.netty.handler.codec.http..");

    @ArchTest
    static final ArchRule sseKnowsNoNode = noClasses()
            .that()
            .resideInAPackage("io.sluice.sse..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.sluice.cluster..", "io.sluice.node..");

    @ArchTest
    static final ArchRule configurationStaysAtTheEdge = noClasses()
            .that()
            .resideInAPackage("io.sluice.sse..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml.jackson..");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.sluice.(*)..").should().beFreeOfCycles();
}
