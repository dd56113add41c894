/// An operator that makes one number of each channel of an image.
protocol GlobalPoolOperator: SpatialOperator {
    var layout: ImageLayout { get set }
}

extension GlobalPoolOperator {
    public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

    var spatialInputs: [Int] { [0] }

    func inferImages(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
        try inputs.count(in: 1...1)
        let x = ImageShape(try inputs.required(0, "x", rank: 4).shape, layout)
        return [TensorType(.f32, x.with(channels: x.channels, 1).shape)]
    }

    public var channelsLast: ChannelsLast {
        guard layout == .channelsFirst else { return .no }
        var copy = self
        copy.layout = .channelsLast
        return .becomes(copy, images: [0])
    }
}
