using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Workload;

/// <summary>Sends random bytes through a loopback of an SPI controller; each transfer must bring back its own.</summary>
public sealed class SpiLoad : Load
{
    private readonly SpiDriver _driver;
    private readonly SpiTransferHead _head;
    private readonly Random _random;
    private readonly Queue<int> _free;

    /// <summary>Makes a load.</summary>
    /// <param name="driver">The controller.</param>
    /// <param name="chipSelect">The loopback's chip select.</param>
    /// <param name="options">The load.</param>
    public SpiLoad(SpiDriver driver, byte chipSelect, LoadOptions options)
        : base("spi", driver.Frontend, options)
    {
        (_driver, _head, _random) = (driver, new(chipSelect), new(options.Seed));
        _free = new(Enumerable.Range(0, driver.Depth));
    }

    /// <inheritdoc/>
    public override int Depth => _driver.Depth;

    private protected override int InFlight => _driver.Queue.Ring.InFlight;

    private protected override bool Wait(TimeSpan timeout) => _driver.Wait(timeout);

    private protected override int Submit(int most)
    {
        var submitted = 0;
        for (; submitted < most && _free.TryPeek(out var slot); submitted++)
        {
            _random.NextBytes(_driver.Sent(slot));
            if (!_driver.TryTransfer(slot, _head, _driver.Sent(slot).Length))
                break;
            _free.Dequeue();
        }
        _driver.Kick();
        return submitted;
    }

    private protected override int Take()
    {
        var taken = 0;
        for (; _driver.TryTake(out var slot, out var result); taken++)
        {
            if (result != SpiTransferResult.Ok)
                Account.AddFailed($"transfer {Account.Done + 1}: {result}");
            else if (!_driver.Received(slot).SequenceEqual(_driver.Sent(slot)))
                Account.AddCorrupted($"transfer {Account.Done + 1} brought back other bytes");
            else
                Account.AddDone();
            _free.Enqueue(slot);
        }
        return taken;
    }
}
