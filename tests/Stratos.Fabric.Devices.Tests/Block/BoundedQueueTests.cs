using Stratos.Fabric.Devices.Block;

namespace Stratos.Fabric.Devices.Tests.Block;

public sealed class BoundedQueueTests
{
    [Fact]
    public void Gives_back_in_order_and_refuses_more_than_it_holds()
    {
        BoundedQueue<string> queue = new(3);
        Assert.True(queue.IsEmpty);
        for (int round = 0; round < 10; round++)
        {
            for (int i = 0; i < 4; i++) { Assert.True(queue.TryEnqueue($"{round}.{i}")); }
            Assert.False(queue.TryEnqueue("too many"));
            Assert.False(queue.IsEmpty);
            for (int i = 0; i < 4; i++)
            {
                Assert.True(queue.TryDequeue(out string? item));
                Assert.Equal($"{round}.{i}", item);
            }
            Assert.False(queue.TryDequeue(out _));
        }
    }

    [Fact]
    public void Loses_and_repeats_nothing_between_many_threads()
    {
        const int Producers = 3, Consumers = 3, Each = 20_000;
        BoundedQueue<object> queue = new(64);
        int[] seen = new int[Producers * Each];
        int left = Producers * Each;
        object[] items = [.. Enumerable.Range(0, Producers * Each).Select(static i => (object)i)];
        Thread[] threads =
        [
            .. Enumerable.Range(0, Producers).Select(p => new Thread(() =>
            {
                for (int i = p * Each; i < (p + 1) * Each; i++)
                {
                    while (!queue.TryEnqueue(items[i])) { Thread.Yield(); }
                }
            })),
            .. Enumerable.Range(0, Consumers).Select(_ => new Thread(() =>
            {
                while (Volatile.Read(ref left) > 0)
                {
                    if (!queue.TryDequeue(out object? item))
                    {
                        Thread.Yield();
                        continue;
                    }
                    Interlocked.Increment(ref seen[(int)item]);
                    Interlocked.Decrement(ref left);
                }
            })),
        ];
        foreach (Thread thread in threads) { thread.Start(); }
        foreach (Thread thread in threads) { Assert.True(thread.Join(TimeSpan.FromSeconds(30))); }
        Assert.All(seen, static count => Assert.Equal(1, count));
    }
}
