using Fovea.Imaging;
using Fovea.Tensors;

namespace Fovea.Models.Llava;

/// <summary>Video-LLaVA: a picture is one tile without its class token; a video is its frames, each with its class token first.</summary>
internal sealed class VideoLlavaLayout(LlavaConfig config, ImageProcessor processor, VideoProcessor videos) : IVisualLayout
{
    /// <inheritdoc/>
    public VisualInput Prepare(IReadOnlyList<VisualItem> items)
    {
        var vision = config.VisionConfig;
        var pictures = items.Where(item => !item.IsVideo).Select(item => item.Frames[0]).ToList();
        var empty = Tensor.Allocate(0, vision.NumChannels, vision.ImageSize, vision.ImageSize);
        var pixels = pictures.Count > 0 ? TilePixels.Check(processor.Process(pictures).Pixels, vision) : empty;
        var frames = items.Where(item => item.IsVideo).Select(item => TilePixels.Check(videos.Process(item.Frames).Pixels, vision)).ToList();
        int patches = vision.Side * vision.Side, picture = 0, frame = 0;
        var layout = new LayoutBuilder();
        for (int i = 0; i < items.Count; i++)
        {
            if (!items[i].IsVideo)
            {
                layout.Picture(new PictureSlice(picture, 1, picture * patches, patches));
                layout.Tile(i, 0, picture, vision.Side, picture++ * patches, classToken: false);
                continue;
            }

            int count = items[i].Frames.Count, feature = (pixels.Rows * patches) + (frame * vision.Tokens);
            layout.Picture(new PictureSlice(pixels.Rows + frame, count, feature, count * vision.Tokens));
            for (int f = 0; f < count; f++, frame++)
            {
                layout.Tile(i, f, pixels.Rows + frame, vision.Side, feature + (f * vision.Tokens), classToken: true);
            }
        }

        int[] rows = [.. TilePixels.FeatureRows(pixels.Rows, vision, keepClassToken: false), .. Enumerable.Range(pixels.Rows * vision.Tokens, frame * vision.Tokens)];
        return new VideoLlavaInput(pixels, frames.Count > 0 ? TilePixels.Join(frames) : empty, layout.Geometry(), layout.Packing(rows.Length))
        {
            Pictures = layout.Pictures,
            FeatureRows = rows,
        };
    }
}
