using System.Runtime.CompilerServices;

// Every structure that crosses into the kernel here is blittable; the runtime has nothing to marshal.
[assembly: DisableRuntimeMarshalling]
