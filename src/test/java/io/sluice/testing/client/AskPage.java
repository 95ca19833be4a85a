package io.sluice.testing.client;

import java.util.List;

/** The view of the demo page that asks questions, in one tab. */
public record AskPage(DemoPage page) {

    private static final String NEWEST = "document.querySelector('#turns > li')";

    /** Loads it, or loads it again: with the conversation that the URL names. */
    public AskPage load(String url) {
        page.load(url);
        page.await("!document.querySelector('#ask-view').hidden");
        return this;
    }

    /** The link that the page shows for a second tab. */
    public String link() {
        return page.text("#link");
    }

    public void ask(String question) {
        page.evaluate("document.querySelector('#question').value = '" + question + "'");
        page.evaluate("document.querySelector('#ask-form').requestSubmit()");
    }

    /** Waits until the newest answer has so many tokens. */
    public void awaitTokens(int turn, int tokens) {
        page.await(newest(turn) + " && " + NEWEST + ".querySelector('.answer').childNodes.length >= " + tokens);
    }

    /** Waits until the newest answer is at its end, and has what the page says of it. */
    public String awaitEnd(int turn) {
        page.await(newest(turn) + " && " + NEWEST + ".querySelector('.answer').ariaBusy === 'false'");
        return page.text("#ask-state") + ": " + page.text("#turns > li .note");
    }

    public void awaitState(String state) {
        page.await("document.querySelector('#ask-state').dataset.state === '" + state + "'");
    }

    /** The newest answer, as far as it has come. */
    public String answer() {
        return page.text("#turns > li .answer");
    }

    /** All answers, newest first. */
    public List<String> answers() {
        return List.of(String.valueOf(page.evaluate(
                        "[...document.querySelectorAll('#turns .answer')].map(answer => answer.textContent).join('|')"))
                .split("\\|", -1));
    }

    private static String newest(int turn) {
        return NEWEST + "?.dataset.turn === '" + turn + "'";
    }
}
