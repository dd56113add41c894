@main enum TestRun { static func main() {} }
