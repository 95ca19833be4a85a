package io.sluice.log;

/** Makes the log of a template. One kind of log has one provider. */
@FunctionalInterface
public interface TemplateLogProvider {

    /**
     * Makes a log, which is not open yet. On a context of Vert.x.
     *
     * @throws IllegalStateException if this kind of log cannot be had here
     */
    TemplateLog create(TemplateSetup setup);
}
