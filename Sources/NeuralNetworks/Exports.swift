// Who writes networks needs shapes, tensors and graphs.
@_exported public import Engine
