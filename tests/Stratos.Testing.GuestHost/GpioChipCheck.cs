using Stratos.Fabric.Devices.Gpio;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Testing.GuestHost;

/// <summary>A GPIO device on a gpiochip of Linux's own simulator, driven from C#, and looked at and moved from the simulator's other side.</summary>
/// <param name="chip">The chip's device file.</param>
/// <param name="simulation">The simulator's folder of the chip.</param>
internal sealed class GpioChipCheck(string chip, string simulation)
{
    private const int Out = 3, In = 4, Edges = 1000;
    private const uint Output = 1, Input = 2, None = 0, Both = 3, High = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Tries everything.</summary>
    /// <returns>What was found.</returns>
    /// <exception cref="InvalidOperationException">Something is not as it must be.</exception>
    public string Run()
    {
        using ServedDevice served = new(() => GpioDevice.Create(new() { Chip = chip, ReadOnly = [5] }));
        using GpioDriver driver = GpioDriver.Start(VhostUserFrontend.Connect(served.Path, GpioDriver.DefaultOptions));
        string[] names = driver.ReadNames(Patience);
        Drive(driver);
        Sense(driver);
        int edges = CountEdges(driver);
        FeelLevel(driver);
        Require(Ask(driver, GpioRequestType.SetDirection, In, None).IsOk, "the line is given back");
        return $"{driver.LineCount} lines ({string.Join(' ', names)}), {edges} edges";
    }

    private void Drive(GpioDriver driver)
    {
        Require(Ask(driver, GpioRequestType.SetValue, Out, 1).IsOk, "a value is set");
        Require(Ask(driver, GpioRequestType.SetDirection, Out, Output).IsOk, "a line becomes an output");
        Require(LevelOf(Out) == "1", "the line is high from the first moment on");
        Require(Ask(driver, GpioRequestType.SetValue, Out, 0).IsOk && LevelOf(Out) == "0", "the line is driven low");
        Require(!Ask(driver, GpioRequestType.SetDirection, 5, Output).IsOk, "a read-only line is not driven");
        Require(!Ask(driver, GpioRequestType.SetInterruptType, Out, Both).IsOk, "an output makes no interrupts");
        Require(Ask(driver, GpioRequestType.SetDirection, Out, None).IsOk, "the output is given back");
        Require(!Ask(driver, GpioRequestType.GetValue, Out, 0).IsOk, "a line that is not in use is not sensed");
    }

    private void Sense(GpioDriver driver)
    {
        Require(Ask(driver, GpioRequestType.SetDirection, In, Input).IsOk, "a line becomes an input");
        foreach (bool level in new[] { true, false })
        {
            Pull(In, level);
            Require(Ask(driver, GpioRequestType.GetValue, In, 0) == new GpioAnswer(0, level ? (byte)1 : (byte)0, 2), $"the line is sensed as {level}");
        }
    }

    private int CountEdges(GpioDriver driver)
    {
        Require(Ask(driver, GpioRequestType.SetInterruptType, In, Both).IsOk, "the interrupt is enabled");
        // While the line is masked edges wait, and then come one by one.
        for (int edge = 0; edge < 4; edge++) { Pull(In, edge % 2 == 0); }
        for (int edge = 0; edge < 4; edge++) { Hear(driver); }
        for (int edge = 4; edge < Edges; edge++)
        {
            Pull(In, edge % 2 == 0);
            Hear(driver);
            Require(Ask(driver, GpioRequestType.GetValue, In, 0).Value == (edge % 2 == 0 ? 1 : 0), $"edge {edge} is what the line is");
        }
        Require(driver.TryUnmask(In), "a buffer is sent");
        Require(!driver.Listener!.WaitForUsed(TimeSpan.FromMilliseconds(50)), "no edge comes by itself");
        Require(Ask(driver, GpioRequestType.SetInterruptType, In, None).IsOk, "the interrupt is disabled");
        Require(driver.Listener.WaitForUsed(Patience) && driver.TryTakeEvent(out _, out bool isInterrupt) && !isInterrupt, "the buffer comes back as invalid");
        return Edges;
    }

    private void FeelLevel(GpioDriver driver)
    {
        Pull(In, true);
        Require(Ask(driver, GpioRequestType.SetInterruptType, In, High).IsOk, "the level interrupt is enabled");
        Hear(driver);
        Hear(driver);
        Pull(In, false);
        Require(driver.TryUnmask(In), "a buffer is sent");
        Require(!driver.Listener!.WaitForUsed(TimeSpan.FromMilliseconds(50)), "a low line is quiet");
        Pull(In, true);
        Require(driver.Listener.WaitForUsed(Patience) && driver.TryTakeEvent(out _, out bool isInterrupt) && isInterrupt, "a high line is heard");
    }

    private static void Hear(GpioDriver driver)
    {
        Require(driver.TryUnmask(In), "a buffer is sent");
        Require(driver.Listener!.WaitForUsed(Patience), "an interrupt comes");
        Require(driver.TryTakeEvent(out int line, out bool isInterrupt) && (line, isInterrupt) == (In, true), "it is the line's");
    }

    private static GpioAnswer Ask(GpioDriver driver, GpioRequestType type, int line, uint value) => driver.Ask(type, line, value, Patience);

    private string LevelOf(int line) => File.ReadAllText(Path.Combine(simulation, $"sim_gpio{line}", "value")).Trim();

    private void Pull(int line, bool level) => File.WriteAllText(Path.Combine(simulation, $"sim_gpio{line}", "pull"), level ? "pull-up" : "pull-down");

    private static void Require(bool condition, string what)
    {
        if (!condition) { throw new InvalidOperationException($"It is not so that {what}."); }
    }
}
