package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PipeliningGateTest {

    private final List<Object> seen = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();

    PipeliningGateTest() {
        channel.pipeline().addLast("handler", new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                seen.add(message);
            }
        });
        PipeliningGate.install(channel.pipeline());
    }

    private static HttpRequest post(String connection) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/events");
        request.headers().set("Connection", connection);
        return request;
    }

    private static ByteBuf body() {
        return Unpooled.copiedBuffer("hello", StandardCharsets.UTF_8);
    }

    private void answer() {
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        channel.releaseOutbound();
    }

    @Test
    void whatComesBehindTheLastRequestIsReleasedAndNotSeen() {
        HttpRequest first = post("close");
        ByteBuf nobodys = body();
        channel.writeInbound(first, LastHttpContent.EMPTY_LAST_CONTENT);
        channel.writeInbound(post("keep-alive"), new DefaultLastHttpContent(nobodys));
        assertEquals(1, nobodys.refCnt());
        answer();
        channel.runPendingTasks();
        assertEquals(0, nobodys.refCnt());
        assertEquals(2, seen.size());
        assertSame(first, seen.get(0));
        channel.finishAndReleaseAll();
    }

    @Test
    void theBodyOfTheLastRequestIsSeenThoughItIsAnswered() {
        channel.writeInbound(post("close"));
        answer();
        LastHttpContent content = new DefaultLastHttpContent(body());
        channel.writeInbound(content);
        assertSame(content, seen.get(1));
        assertFalse(content.content().refCnt() == 0);
        content.release();
        channel.finishAndReleaseAll();
    }

    @Test
    void theNextRequestWaitsForTheAnswer() {
        HttpRequest next = post("keep-alive");
        channel.writeInbound(post("keep-alive"), LastHttpContent.EMPTY_LAST_CONTENT, next);
        assertEquals(2, seen.size());
        answer();
        channel.runPendingTasks();
        assertSame(next, seen.get(2));
        channel.finishAndReleaseAll();
    }
}
