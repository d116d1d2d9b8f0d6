namespace Stratos.Fabric.Devices.Rpmb;

/// <summary>The frames of one request, and what their shape says. The bytes are the device's own copy.</summary>
/// <param name="frames">Whole frames, at least one.</param>
internal readonly ref struct RpmbRequest(Span<byte> frames)
{
    private readonly Span<byte> _frames = frames;

    /// <summary>All frames, the result read included.</summary>
    public int FrameCount => _frames.Length / RpmbFrame.Length;

    /// <summary>The first frame: it says what is asked for.</summary>
    public RpmbFrame First => Frame(0);

    /// <summary>What is asked for.</summary>
    public RpmbRequestType Type => First.Request;

    /// <summary>Whether a result read follows the operation's own frames.</summary>
    public bool HasResultRead => FrameCount > 1 && Frame(FrameCount - 1).Request is RpmbRequestType.ResultRead;

    /// <summary>The operation's own frames.</summary>
    public int OperationFrames => HasResultRead ? FrameCount - 1 : FrameCount;

    /// <summary>Whether the device answers with frames at all: a key and a write are silent without a result read.</summary>
    public bool WantsResponse => Type is not (RpmbRequestType.ProgramKey or RpmbRequestType.DataWrite) || HasResultRead;

    public RpmbFrame Frame(int index) => new(_frames.Slice(index * RpmbFrame.Length, RpmbFrame.Length));

    /// <summary>Whether the frames belong together: one frame of its kind, or a write whose frames agree on everything but the data.</summary>
    public bool IsCoherent()
    {
        if (HasResultRead && (Frame(FrameCount - 1).BlockCount != 1 || Type is not (RpmbRequestType.ProgramKey or RpmbRequestType.DataWrite))) { return false; }
        if (Type is not RpmbRequestType.DataWrite) { return OperationFrames == 1; }
        RpmbFrame first = First;
        for (int i = 1; i < OperationFrames; i++)
        {
            RpmbFrame frame = Frame(i);
            if (frame.Request != first.Request || frame.Address != first.Address
                || frame.BlockCount != first.BlockCount || frame.WriteCounter != first.WriteCounter)
            {
                return false;
            }
        }
        return true;
    }
}
