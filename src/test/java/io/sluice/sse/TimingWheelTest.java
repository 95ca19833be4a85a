package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.stream.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimingWheelTest {

    private final Audience audience = PlainAudience.of(TopicFilter.ALL);
    private final List<Subscription> handedOver = new ArrayList<>();

    @Test
    void eachIsHandedOverOnceSoonAfterItsTimeAndNeverBefore() {
        Random random = new Random(7);
        TimingWheel wheel = new TimingWheel(1_000_000);
        List<Subscription> all = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            Subscription subscription = subscription(i);
            // This is up to four turns of the wheel.
            wheel.add(subscription, 1_000_000 + random.nextInt(200_000));
            all.add(subscription);
        }
        List<Long> dues = all.stream().map(s -> s.due).toList();
        for (long now = 1_000_000; now <= 1_201_000; now += 20 + random.nextInt(300)) {
            int before = handedOver.size();
            wheel.advance(now, handedOver::add);
            for (Subscription subscription : handedOver.subList(before, handedOver.size())) {
                long due = dues.get((int) subscription.id);
                assertTrue(due <= now && now - due <= 500, "due " + due + ", handed over " + now);
            }
        }
        assertEquals(2000, handedOver.stream().distinct().count());
        assertEquals(2000, handedOver.size());
        assertTrue(wheel.isEmpty());
    }

    @Test
    void aCancelledEntryDoesNotFire() {
        TimingWheel wheel = new TimingWheel(0);
        Subscription first = subscription(1);
        Subscription second = subscription(2);
        Subscription third = subscription(3);
        for (Subscription subscription : List.of(first, second, third)) {
            wheel.add(subscription, 1000);
        }
        wheel.remove(second);
        wheel.remove(second);
        wheel.advance(2000, handedOver::add);
        assertEquals(2, handedOver.size());
        assertTrue(wheel.isEmpty() && !handedOver.contains(second));
    }

    @Test
    void aSubscriptionAddedAgainWhileItIsHandedOverComesAgain() {
        TimingWheel wheel = new TimingWheel(0);
        wheel.add(subscription(1), 100);
        for (long now = 0; now < 1000; now += 100) {
            long at = now;
            wheel.advance(now, s -> {
                handedOver.add(s);
                // The time is now, so the entry is due with the next tick.
                wheel.add(s, at);
            });
        }
        assertEquals(9, handedOver.size());
    }

    @Test
    void aWheelThatStoodStillMissesNoEntry() {
        TimingWheel wheel = new TimingWheel(0);
        wheel.add(subscription(1), 100);
        wheel.add(subscription(2), 51_300);
        wheel.advance(10_000_000, handedOver::add);
        assertEquals(2, handedOver.size());
        wheel.add(subscription(3), 5);
        wheel.advance(10_000_100, handedOver::add);
        assertEquals(3, handedOver.size());
    }

    @Test
    void drainTakesAll() {
        TimingWheel wheel = new TimingWheel(0);
        for (int i = 0; i < 10; i++) {
            wheel.add(subscription(i), i * 30_000L);
        }
        wheel.drain(handedOver::add);
        assertEquals(10, handedOver.size());
        assertTrue(wheel.isEmpty());
    }

    private Subscription subscription(long id) {
        return FakeWritePath.subscription(id, audience);
    }
}
