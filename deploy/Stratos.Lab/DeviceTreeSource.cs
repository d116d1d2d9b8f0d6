using System.Globalization;
using System.Text;

namespace Stratos.Lab;

/// <summary>The device tree of a spec, as text for the compiler.</summary>
internal static class DeviceTreeSource
{
    // PCI slots of devices that have a node. Those below stay for the devices that QEMU places itself, those above
    // are the machine's own.
    private const int FirstSlot = 0x10;
    private const int LastSlot = 0x1d;

    /// <summary>The slots of PCI that the spec's devices are put into, so that the tree can name them; null: QEMU's choice.</summary>
    public static IReadOnlyList<int?> Slots(GuestSpec spec)
    {
        int next = FirstSlot;
        int?[] slots = [.. spec.Devices.Select(device => device.Node is null ? (int?)null : next++)];
        return next - 1 <= LastSlot
            ? slots
            : throw new ArgumentException($"{next - FirstSlot} devices have a device tree node, and a guest has room for {LastSlot - FirstSlot + 1}.", nameof(spec));
    }

    /// <summary>The whole source; null when the spec asks for no tree.</summary>
    public static string? Build(GuestSpec spec)
    {
        IReadOnlyList<int?> slots = Slots(spec);
        if (spec.DeviceTree is null && slots.All(slot => slot is null))
        {
            return null;
        }

        var nodes = new StringBuilder();
        for (int i = 0; i < slots.Count; i++)
        {
            if (spec.Devices[i].Node is { } node && slots[i] is { } slot)
            {
                nodes.Append(Device(node, slot));
            }
        }

        // What the spec adds comes in a root of its own, which the compiler joins with the first: it may name the
        // labels of the first and add to its nodes.
        return $$"""
            /dts-v1/;
            / {
                #address-cells = <2>;
                #size-cells = <2>;
                model = "stratos lab guest";
                compatible = "stratos,lab";
                pci@0 {
                    device_type = "pci";
                    bus-range = <0x00 0xff>;
                    #address-cells = <3>;
                    #size-cells = <2>;
            {{nodes}}    };
            };
            / {
            {{spec.DeviceTree}}
            };

            """;
    }

    // A PCI function's address is bus, device and function in bits 8 to 23; the bus is 0 and the function 0. Linux
    // looks for a virtio device's own node among the children of the PCI device's.
    private static string Device(DeviceTreeNode node, int slot) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
                    virtio@{{slot:x}},0 {
                        reg = <0x{{slot << 11:x}} 0 0 0 0>;
                        {{node.Label}}: device {
                            compatible = "virtio,device{{node.VirtioId:x}}";
                            {{node.Body}}
                        };
                    };

            """);
}
