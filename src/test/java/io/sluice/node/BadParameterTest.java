package io.sluice.node;

import static io.sluice.node.ServedStream.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each parameter of a stream's query that is wrong, or means nothing beside the others: its name, its value, and what is expected. */
class BadParameterTest extends QuietServer {

    BadParameterTest() {
        super("""
            {
              "http": { "host": "127.0.0.1", "port": 0, "maxTopics": 2 },
              "streams": { "events": { "lifetime": "20ms" }, "chat/*": { "lifetime": "20ms" } },
              "publish": { "enabled": true, "anonymous": true }
            }
            """);
    }

    private void assertRefused(String method, String target, String contentType, String detail) throws Exception {
        HttpRequest.Builder request = node.request(target);
        if (contentType.isEmpty()) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.method(method, BodyPublishers.ofString("1")).header("Content-Type", contentType);
        }
        assertProblem(400, "Bad Request", detail, node.send(request));
        assertEquals(0, node.stream().journal().head(), "nothing was published");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            frame=json               => frame is "json": expected plain, topic or envelope
            frame=                   => frame is "": expected plain, topic or envelope
            frame=Topic              => frame is "Topic": expected plain, topic or envelope
            frame=topic&frame=plain  => frame is given 2 times: expected once
            frame=a%0Ab              => frame is "a\\u000ab": expected plain, topic or envelope
            rate=0                   => rate is "0": expected a number of writes a second, 0.1 to 1000
            rate=0.09                => rate is "0.09": expected a number of writes a second, 0.1 to 1000
            rate=1000.1              => rate is "1000.1": expected a number of writes a second, 0.1 to 1000
            rate=-5                  => rate is "-5": expected a number of writes a second, 0.1 to 1000
            rate=1e2                 => rate is "1e2": expected a number of writes a second, 0.1 to 1000
            rate=NaN                 => rate is "NaN": expected a number of writes a second, 0.1 to 1000
            rate=                    => rate is "": expected a number of writes a second, 0.1 to 1000
            rate=1&rate=1            => rate is given 2 times: expected once
            since=yesterday          => since is "yesterday": expected how long ago, such as 10m, or a time such as 2026-11-26T12:00:00Z
            since=2026-11-26         => since is "2026-11-26": expected how long ago, such as 10m, or a time such as 2026-11-26T12:00:00Z
            since=                   => since is "": expected how long ago, such as 10m, or a time such as 2026-11-26T12:00:00Z
            since=-10m               => since is "-10m": expected how long ago, such as 10m, or a time such as 2026-11-26T12:00:00Z
            since=1m&since=2m        => since is given 2 times: expected once
            control=no               => control is "no": expected on or off
            control=                 => control is "": expected on or off
            control=on&control=off   => control is given 2 times: expected once
            replay=some              => replay is "some": expected "last", "none", "all", "snapshot", or a number from 0 to 1000000 (the newest so many)
            replay=-1                => replay is "-1": expected "last", "none", "all", "snapshot", or a number from 0 to 1000000 (the newest so many)
            replay=                  => replay is "": expected "last", "none", "all", "snapshot", or a number from 0 to 1000000 (the newest so many)
            replay=1&replay=2        => replay is given 2 times: expected once
            format=xml               => format is "xml": expected json or sse
            format=                  => format is "": expected json or sse
            format=sse&format=json   => format is given 2 times: expected once
            topic=                   => topic of 0 characters: expected 1 to 255 characters
            topic=a%00               => topic "a\\u0000": expected no control character
            topic=a&topic=b&topic=c  => 3 topics: expected at most 2
            since=1m&replay=last     => replay is "last": expected no such parameter beside since, which says what is replayed
            wait=5s                  => wait is "5s": expected no such parameter with an event stream: it is for format=json
            limit=5                  => limit is "5": expected no such parameter with an event stream: it is for format=json
            end=true                 => end is "true": expected no such parameter with GET
            signal=stop              => signal is "stop": expected no such parameter with GET
            forget=true              => forget is "true": expected no such parameter with GET
            atomic=false             => atomic is "false": expected no such parameter with GET
            """)
    void anEventStreamIsNotOpened(String query, String detail) throws Exception {
        assertRefused("GET", "/events?" + query, "", detail);
        assertRefused("GET", "/chat/1?" + query, "", detail);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            wait=61s                 => wait is "61s": expected a time up to 60s, such as 20s
            wait=-1s                 => wait is "-1s": expected a time up to 60s, such as 20s
            wait=soon                => wait is "soon": expected a time up to 60s, such as 20s
            wait=                    => wait is "": expected a time up to 60s, such as 20s
            wait=1s&wait=2s          => wait is given 2 times: expected once
            limit=0                  => limit is "0": expected a number of events, 1 to 10000
            limit=10001              => limit is "10001": expected a number of events, 1 to 10000
            limit=ten                => limit is "ten": expected a number of events, 1 to 10000
            limit=                   => limit is "": expected a number of events, 1 to 10000
            limit=1&limit=2          => limit is given 2 times: expected once
            since=yesterday          => since is "yesterday": expected how long ago, such as 10m, or a time such as 2026-11-26T12:00:00Z
            replay=some              => replay is "some": expected "last", "none", "all", "snapshot", or a number from 0 to 1000000 (the newest so many)
            topic=                   => topic of 0 characters: expected 1 to 255 characters
            frame=topic              => frame is "topic": expected no such parameter with format=json: it is for an event stream
            rate=5                   => rate is "5": expected no such parameter with format=json: it is for an event stream
            control=off              => control is "off": expected no such parameter with format=json: it is for an event stream
            node                     => node is "": expected no such parameter with format=json: it is for an event stream
            end=true                 => end is "true": expected no such parameter with GET
            """)
    void aPollIsNotAnswered(String query, String detail) throws Exception {
        assertRefused("GET", "/events?format=json&" + query, "", detail);
        assertRefused("GET", "/chat/1?format=json&" + query, "", detail);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            forget=1                 => forget is "1": expected true or false
            forget=                  => forget is "": expected true or false
            forget=TRUE              => forget is "TRUE": expected true or false
            forget=true&forget=true  => forget is given 2 times: expected once
            atomic=no                => atomic is "no": expected true or false
            atomic=                  => atomic is "": expected true or false
            atomic=false&atomic=true => atomic is given 2 times: expected once
            end=yes                  => end is "yes": expected true or false
            end=                     => end is "": expected true or false
            end=true&end=true        => end is given 2 times: expected once
            topic=                   => topic of 0 characters: expected 1 to 255 characters
            topic=a.*                => topic "a.*": expected no * and no >, which are for filters
            topic=a&topic=b          => topic is given 2 times: expected once
            type=                    => type of 0 characters: expected 1 to 255 characters
            type=a&type=b            => type is given 2 times: expected once
            """)
    void nothingIsPublished(String query, String detail) throws Exception {
        for (String contentType : new String[] {"application/json", "text/plain", "application/x-ndjson"}) {
            assertRefused("POST", "/events?" + query, contentType, detail);
            assertRefused("POST", "/chat/1?" + query, contentType, detail);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            atomic=false, application/json         => atomic is "false": expected a body of Content-Type application/x-ndjson
            atomic=false, text/plain               => atomic is "false": expected a body of Content-Type application/x-ndjson
            atomic=false&end=true,                 => atomic is "false": expected a body of Content-Type application/x-ndjson
            end=true&forget=true,                  => forget is "true": expected an event in the body: it is the topic's last
            signal=a&end=true, text/plain          => signal and end: expected one of them
            signal=a&forget=true, text/plain       => signal and forget: expected one of them
            signal=a&atomic=false, text/plain      => signal and atomic: expected one of them
            signal=a%20b, text/plain               => signal "a b": expected 1 to 64 letters, digits and characters of "._~-"
            signal=, text/plain                    => signal "": expected 1 to 64 letters, digits and characters of "._~-"
            signal=a&signal=b, text/plain          => signal is given 2 times: expected once
            """)
    void whatMeansNothingTogetherIsRefused(String request, String detail) throws Exception {
        String[] queryAndType = request.split(", *", -1);
        assertRefused("POST", "/chat/1?" + queryAndType[0], queryAndType[1], detail);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE"})
    void aStreamIsNotMadeOrDeletedByWhoeverMeansSomethingElse(String method) throws Exception {
        for (String query : new String[] {"end=true", "signal=stop", "forget=true", "atomic=false"}) {
            String detail = query.replaceFirst("=(.*)", " is \"$1\"") + ": expected no such parameter with " + method;
            assertRefused(method, "/chat/1?" + query, "", detail);
        }
        assertEquals(404, node.send(node.request("/chat/1").DELETE()).statusCode(), "it was not made");
    }
}
