namespace Fovea.Parquet;

/// <summary>What a page holds; the numbers are those of the format.</summary>
internal enum PageType
{
    DataPage = 0,
    IndexPage = 1,
    DictionaryPage = 2,
    DataPageV2 = 3,
}
