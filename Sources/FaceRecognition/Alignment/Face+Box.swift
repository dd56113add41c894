extension Face {
    /// The box that dlib's detector would give, which ``ShapePredictor`` begins with.
    ///
    /// Fitted on 763 faces that both detectors find: the middle of the detector's box, shifted, and a side of 0.978 times the root of
    /// its area.
    var squareBox: Rectangle {
        let side = 0.978 * whole.area.squareRoot()
        let x = whole.x + whole.width / 2 - 0.0504 * whole.width
        let y = whole.y + whole.height / 2 + 0.0424 * whole.height
        return Rectangle(x: x - side / 2, y: y - side / 2, width: side, height: side)
    }
}
