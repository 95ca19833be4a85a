package io.sluice;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.OnlyIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/**
 * Tests, the benchmark and the soak depend on {@code io.sluice.testing}, and on no test of another package. The shared
 * code depends on no test, and its packages have no circle.
 */
@AnalyzeClasses(packages = "io.sluice", importOptions = OnlyIncludeTests.class)
class TestArchitectureTest {

    private static final DescribedPredicate<JavaClass> TEST_CODE = describe("test code", type -> type.getSource()
            .map(source -> source.getUri().toString().contains("/test-classes/"))
            .orElse(false));

    @ArchTest
    static final ArchRule whatTestsShareKnowsNoTest = noClasses()
            .that()
            .resideInAPackage("io.sluice.testing..")
            .should()
            .dependOnClassesThat(are(TEST_CODE).and(DescribedPredicate.not(resideInAPackage("io.sluice.testing.."))));

    @ArchTest
    static final ArchRule testsKnowNoTestOfAnotherPackage = noClasses()
            .that()
            .resideOutsideOfPackage("io.sluice.testing..")
            .should(new ArchCondition<>("depend on a test of another package") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    type.getDirectDependenciesFromSelf().stream()
                            .filter(use -> TEST_CODE.test(use.getTargetClass().getBaseComponentType()))
                            .filter(use -> !isShared(use.getTargetClass().getBaseComponentType(), type))
                            .forEach(use -> events.add(SimpleConditionEvent.satisfied(use, use.getDescription())));
                }
            });

    private static boolean isShared(JavaClass used, JavaClass by) {
        String name = used.getPackageName();
        return name.equals(by.getPackageName()) || name.startsWith("io.sluice.testing");
    }

    @ArchTest
    static final ArchRule whatTestsShareHasNoCircle =
            slices().matching("io.sluice.testing.(*)..").should().beFreeOfCycles();
}
