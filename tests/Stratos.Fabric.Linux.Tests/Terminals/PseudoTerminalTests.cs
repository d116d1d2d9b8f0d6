namespace Stratos.Fabric.Linux.Tests.Terminals;

public sealed class PseudoTerminalTests
{
    [Fact]
    public void Bytes_go_through_raw_in_both_directions()
    {
        using PseudoTerminal terminal = PseudoTerminal.Open();
        Assert.StartsWith("/dev/pts/", terminal.SlavePath, StringComparison.Ordinal);
        using FileDescriptor slave = terminal.OpenSlave();
        byte[] special = [0, 3, 4, 10, 13, 26, 127, 255];
        byte[] buffer = new byte[64];

        Assert.Equal(special.Length, FileIo.Write(terminal.Master, special).Bytes);
        Assert.Equal(special, buffer[..(int)FileIo.Read(slave, buffer).Bytes]);
        Assert.Equal(special.Length, FileIo.Write(slave, special).Bytes);
        Assert.Equal(special, buffer[..(int)FileIo.Read(terminal.Master, buffer).Bytes]);
        Assert.Equal(PollEvents.None, Poll.Wait(terminal.Master, PollEvents.Readable, TimeSpan.Zero));
    }

    [Fact]
    public void The_size_is_kept()
    {
        using PseudoTerminal terminal = PseudoTerminal.Open();
        terminal.SetSize(132, 43);
        Assert.Equal(((ushort)132, (ushort)43), terminal.GetSize());
    }

    [Fact]
    public void A_closed_other_end_is_an_error_value()
    {
        using PseudoTerminal terminal = PseudoTerminal.Open();
        terminal.OpenSlave().Dispose();
        Assert.Equal(Errno.EIO, FileIo.Read(terminal.Master, new byte[1]).Error);
    }
}
