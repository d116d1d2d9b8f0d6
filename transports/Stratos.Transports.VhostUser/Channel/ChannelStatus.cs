namespace Stratos.Transports.VhostUser.Channel;

/// <summary>What an attempt to receive a message came to.</summary>
public enum ChannelStatus
{
    /// <summary>A whole message is there.</summary>
    Message,

    /// <summary>Nothing (more) has come yet.</summary>
    Nothing,

    /// <summary>The peer closed the connection between two messages, or died.</summary>
    Closed,

    /// <summary>The stream is no vhost-user; <see cref="MessageChannel.Fault"/> says why. Close it.</summary>
    Faulted,
}
