namespace Stratos.Lab;

/// <summary>
/// A virtio device's node in the guest's device tree. The device's driver takes it as its own, so that it can be a
/// GPIO controller, a bus with chips on it, or a clock provider for drivers that know nothing of virtio.
/// </summary>
/// <param name="VirtioId">The virtio device id, which makes the node's <c>compatible</c>; another id is not matched.</param>
/// <param name="Label">What other nodes call it: <c>&amp;label</c>. A name that is not in use yet.</param>
/// <param name="Body">
/// Its properties and child nodes in the device tree's language, such as
/// <c>gpio-controller; #gpio-cells = &lt;2&gt;;</c>. Its <c>compatible</c> is there already.
/// </param>
public sealed record DeviceTreeNode(int VirtioId, string Label, string Body)
{
    /// <summary>A virtio GPIO device as a controller of lines (two cells: line and flags) and of interrupts.</summary>
    public static DeviceTreeNode Gpio(string label = "gpio") =>
        new(41, label, "gpio-controller; #gpio-cells = <2>; interrupt-controller; #interrupt-cells = <2>;");

    /// <summary>A virtio I2C bus and what is on it, such as <c>eeprom@50 { compatible = "atmel,24c02"; reg = &lt;0x50&gt;; };</c>.</summary>
    public static DeviceTreeNode I2c(string chips, string label = "i2c") =>
        new(34, label, $"#address-cells = <1>; #size-cells = <0>; {chips}");

    /// <summary>A virtio SPI controller and what is on it; each chip's <c>reg</c> is its chip select.</summary>
    public static DeviceTreeNode Spi(string chips, string label = "spi") =>
        new(45, label, $"#address-cells = <1>; #size-cells = <0>; {chips}");
}
