// What users of the engine see of the kernels.
@_exported public import enum Kernels.FusedActivation
@_exported public import enum Kernels.InstructionSet
@_exported public import enum Kernels.ProductPrecision
@_exported public import struct Kernels.InstructionSetError
@_exported public import enum Kernels.ElementType
