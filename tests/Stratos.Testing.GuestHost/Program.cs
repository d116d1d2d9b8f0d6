using Stratos.Testing.GuestHost;

switch (args)
{
    case ["gpio", string chip, string simulation]:
        Console.WriteLine(new GpioChipCheck(chip, simulation).Run());
        return 0;
    default:
        Console.Error.WriteLine("stratos-host gpio CHIP SIMULATION   serve /dev/gpiochipN, whose lines gpio-sim shows in the folder SIMULATION, and drive it");
        return 2;
}
