package import Pipelines

/// What a keyword model is made by: `pipelines/keywords.yaml` is one.
package struct KeywordRecipe: RecipePart {
    /// What `--version` calls the model.
    package var name = "keywords"
    /// Where the clips come from, and their licence, for the model's metadata.
    package var data = ""
    package var frontEnd = KeywordFrontEnd()
    package var network = KeywordNetwork()
    package var augmentation = KeywordAugmentation()
    package var detection = DetectionParameters()
    package var training = TrainingRecipe(epochs: 14)

    package init() {}
}
