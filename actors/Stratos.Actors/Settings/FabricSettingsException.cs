namespace Stratos.Actors.Settings;

/// <summary>The settings cannot be used; the message names the key, what is wrong, and the remedy.</summary>
public sealed class FabricSettingsException(string message, Exception? inner = null) : Exception(message, inner);
